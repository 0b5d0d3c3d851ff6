import { z } from 'zod';

/** State of a process of models/native, sent once a second. */
export const nativeHeartbeatSchema = z.object({
	/** CPU time used so far, ms. */
	cpuMs: z.number(),
	residentBytes: z.int(),
	/** Peak so far. */
	peakResidentBytes: z.int(),
});

export type NativeHeartbeat = z.infer<typeof nativeHeartbeatSchema>;
