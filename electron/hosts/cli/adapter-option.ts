import type { AdapterUse } from '../../contract/adapters/schema.ts';
import { resolveAdapterName } from '../../library/adapters/adapters.ts';
import type { Client } from '../transport/rpc-client.ts';
import { UsageError } from './exit-codes.ts';

/** Help of every `--adapter`. */
export const adapterHelp = 'LoRA adapter on the model, by id or name; repeat for several, none for no adapter';

/** Collects the values of an option that may be repeated. */
export const repeated = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/**
 * Reads values such as "json", "3=0.5" or "none". undefined: nothing was asked for. Throws UsageError, and Failure
 * `adapter-unknown`, `adapter-ambiguous`.
 */
export async function adaptersNamed(
	client: Client,
	values: readonly string[] | undefined,
): Promise<AdapterUse[] | undefined> {
	if (values === undefined) return undefined;
	if (values.length === 1 && values[0] === 'none') return [];
	const { adapters } = await client.adapters.list();
	const uses: AdapterUse[] = [];
	for (const value of values) {
		const [, name = '', text] = /^(.+?)(?:=(-?\d+(?:\.\d+)?))?$/.exec(value) ?? [];
		const scale = text === undefined ? 1 : Number(text);
		if (name === '' || Math.abs(scale) > 4)
			throw new UsageError(`"${value}" names no adapter: give <adapter> or <adapter>=<scale from -4 to 4>`);
		const { id } = resolveAdapterName(adapters, name);
		if (uses.some((use) => use.id === id)) throw new UsageError(`${name} is named twice`);
		uses.push({ id, scale });
	}
	return uses;
}
