cat('model')
