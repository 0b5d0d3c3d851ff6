import { openEngine } from '../../models/worker/open-engine.ts';
import { serve } from '../../models/worker/serve.ts';
import { addMethods, type ExtendedEngine } from './extended-engine.ts';

/**
 * A worker whose engine has methods that the product lacks. A test uses it to show that new methods need no other code.
 */
addMethods();
const remembered: string[] = [];
serve(
	async (request, hooks): Promise<ExtendedEngine> => ({
		...(await openEngine(request, hooks)),
		repeat: async (text, times) => ({ text: times < 0 ? (null as unknown as string) : text.repeat(times) }),
		remember: (text) => void remembered.push(text),
		recall: async () => remembered,
	}),
);
