print('component')
