TITLE = """
<<<<<<< here
=======
>>>>>>> there
"""
