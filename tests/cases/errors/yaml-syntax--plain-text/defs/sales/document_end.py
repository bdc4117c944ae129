print("document_end")
