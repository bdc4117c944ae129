print('invoices')
