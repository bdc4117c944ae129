print('budget')
