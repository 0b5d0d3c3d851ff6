import type { ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { ServerScope } from '../../contract/server/schema.ts';
import type { Protocol } from './protocol.ts';

/** One thing that the server answers. */
export interface Route {
	/** Its name in figures and in the log, if its path holds names that clients choose. */
	readonly name?: string;
	readonly method: 'GET' | 'POST';
	/** null: any key. 'none': no key. */
	readonly scope: ServerScope | null | 'none';
	/** Counts as an answer, with its limits. */
	readonly answers?: boolean;
	/** Form of its errors; OpenAI's if absent. */
	readonly protocol?: Protocol;
	/** What it does, and the schema of its body, for a document about the server. */
	readonly summary?: string;
	readonly body?: z.ZodType;
	/** `body`: the query of a GET. */
	handle(body: unknown, response: ServerResponse, signal: AbortSignal): Promise<void>;
}
