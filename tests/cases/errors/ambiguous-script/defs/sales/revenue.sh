echo revenue
