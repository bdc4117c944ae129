print('margin')
