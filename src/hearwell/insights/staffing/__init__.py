"""Are there enough people at the telephone, half hour by half hour?"""
