print('reports')
