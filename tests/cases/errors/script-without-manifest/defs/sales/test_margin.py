import margin_
