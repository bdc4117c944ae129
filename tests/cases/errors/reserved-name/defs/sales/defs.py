print('definitions')
