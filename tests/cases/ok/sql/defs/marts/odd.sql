this is no SQL that anybody reads
