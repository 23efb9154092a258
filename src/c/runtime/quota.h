/* The CPUs that control groups grant this process (quota.c). */
#ifndef RELU_FAST_QUOTA_H
#define RELU_FAST_QUOTA_H

/* Rounded up; 0: no limit.  Takes about 20 microseconds. */
int relu_fast_read_quota(void);

#endif
