import { z } from 'zod';
import { engineNames } from '../contract/engine-names.ts';
import { failureSchema } from '../contract/failure.ts';
import {
	capabilitiesSchema,
	loadOptionsSchema,
	loadProgressSchema,
	savedStateOptionsSchema,
	threadTrialsByEngineSchema,
} from '../contract/load.ts';

/**
 * Raised when a frame's meaning changes; both sides are built together, so older versions are not supported. Frames are
 * JSON over Node's IPC channel: 15 µs per round trip, compared with 19 to 78 with advanced serialization.
 */
export const protocolVersion = 3;

export const loadRequestSchema = z.object({
	path: z.string(),
	options: loadOptionsSchema,
	/** Earlier measurements of this model on this computer with each engine, which make new trials unnecessary. */
	knownThreadTrials: threadTrialsByEngineSchema.optional(),
	/** Keeps conversation states on disk; absent: states stay in memory. */
	savedStates: savedStateOptionsSchema.optional(),
});

export type LoadRequest = z.infer<typeof loadRequestSchema>;

/** Which engine a model is loaded with if its settings leave it open. */
export const engineCheckSchema = z.object({
	/** null: none runs on this computer. */
	name: z.enum(engineNames).nullable(),
	build: z.string(),
	/** Why the C API is not used; null if it is. */
	failure: failureSchema.nullable(),
});

export type EngineCheck = z.infer<typeof engineCheckSchema>;

/** Frames from the main process. Every call has an id, which its answers repeat. */
export const toWorkerSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('load'), request: loadRequestSchema }),
	/** Asks which engine a model would be loaded with, without a model. */
	z.object({ type: z.literal('check-engine') }),
	/** A method of the engine. Each side checks `args` and the answers with the method's own schemas. */
	z.object({ type: z.literal('call'), id: z.int(), method: z.string(), args: z.unknown() }),
	z.object({ type: z.literal('abort'), id: z.int() }),
	z.object({ type: z.literal('quit') }),
]);

export type ToWorker = z.infer<typeof toWorkerSchema>;

/** Frames from a worker; `hello` is the first. */
export const fromWorkerSchema = z.discriminatedUnion('type', [
	z.object({ type: z.literal('hello'), protocol: z.int(), pid: z.int() }),
	z.object({ type: z.literal('progress'), progress: loadProgressSchema }),
	z.object({ type: z.literal('ready'), capabilities: capabilitiesSchema }),
	z.object({ type: z.literal('load-failed'), failure: failureSchema }),
	z.object({ type: z.literal('engine'), engine: engineCheckSchema }),
	/** The thread count was measured again. */
	z.object({ type: z.literal('capabilities'), capabilities: capabilitiesSchema }),
	z.object({ type: z.literal('result'), id: z.int(), value: z.unknown().optional() }),
	z.object({ type: z.literal('event'), id: z.int(), event: z.unknown() }),
	z.object({ type: z.literal('failed'), id: z.int(), failure: failureSchema }),
	z.object({ type: z.literal('log'), level: z.enum(['info', 'warn', 'error']), text: z.string() }),
]);

export type FromWorker = z.infer<typeof fromWorkerSchema>;

/** One line of the heartbeat channel, written by the thread that never enters native code. Times in ms. */
export const heartbeatFrameSchema = z.object({
	/** CPU time of the whole process. */
	cpuMs: z.number(),
	/** Time since the worker's main thread last signalled that it is alive. */
	silentMs: z.number(),
	/** Time since the start of the current work (a load, a decode, a template); 0 while idle. */
	workingMs: z.number(),
	/** Pages that the process waited for from disk since its start. */
	pagesRead: z.int(),
	residentBytes: z.int(),
});

export type HeartbeatFrame = z.infer<typeof heartbeatFrameSchema>;

/** File descriptor of the heartbeat channel in the worker; 0 to 2 are standard, 3 is Node's IPC channel. */
export const heartbeatDescriptor = 4;
