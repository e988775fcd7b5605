"""The measurements that README and docs quote."""
