print('customers')
