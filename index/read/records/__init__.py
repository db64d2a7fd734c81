"""Files of many articles: each record becomes an item, and only one record is in memory at a time."""
