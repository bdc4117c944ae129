print('forecast')
