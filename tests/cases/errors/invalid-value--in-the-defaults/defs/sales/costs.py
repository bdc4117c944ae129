print('costs')
