"""Files that hold many articles: each record becomes an item of its own, and none of the file is held but that one."""
