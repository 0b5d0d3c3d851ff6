import { z } from 'zod';

/** How a process of models/native is doing, once a second. */
export const nativeHeartbeatSchema = z.object({
	/** Processor time it has used, ms. */
	cpuMs: z.number(),
	residentBytes: z.int(),
	/** The most it ever had. */
	peakResidentBytes: z.int(),
});

export type NativeHeartbeat = z.infer<typeof nativeHeartbeatSchema>;
