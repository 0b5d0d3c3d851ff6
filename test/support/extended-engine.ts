import { z } from 'zod';
import { type Engine, engineMethods } from '../../models/engine.ts';

/** An engine with methods that the product does not have. */
export interface ExtendedEngine extends Engine {
	/** Its result breaks its own schema if `times` is negative. */
	repeat(text: string, times: number): Promise<{ readonly text: string }>;
	remember(text: string): void;
	recall(): Promise<readonly string[]>;
}

/** Adds the schemas of `ExtendedEngine` to this process's table. */
export function addMethods(): void {
	Object.assign(engineMethods, {
		repeat: { args: z.tuple([z.string(), z.int()]), result: z.object({ text: z.string() }) },
		remember: { args: z.tuple([z.string()]) },
		recall: { args: z.tuple([]), result: z.array(z.string()) },
	});
}
