import { openEngine } from '../../models/worker/open-engine.ts';
import { serve } from '../../models/worker/serve.ts';
import { addMethods, type ExtendedEngine } from './extended-engine.ts';

/** A worker whose engine has methods that the product does not have, for the test that they need nothing in between. */
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
