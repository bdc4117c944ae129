console.log('costs')
