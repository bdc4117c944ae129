print('revenue')
