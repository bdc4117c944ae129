print('payments')
