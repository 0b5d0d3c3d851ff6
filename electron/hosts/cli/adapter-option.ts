import type { LoraAdapter } from '../../../models/contract/load.ts';
import type { Adapter, AdapterUse } from '../../contract/adapters/schema.ts';
import { resolveAdapterName } from '../../library/adapters/adapters.ts';
import type { Client } from '../transport/rpc-client.ts';
import type { CommandContext } from './command.ts';
import { UsageError } from './exit-codes.ts';
import { withApplication } from './with-application.ts';

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
	const named = await chooseAdapters(client, values);
	return named.map(({ adapter: { id }, scale }) => ({ id, scale }));
}

/** The same as files, for a task that knows no library. */
export async function adapterFilesNamed(
	context: CommandContext,
	values: readonly string[] | undefined,
): Promise<LoraAdapter[]> {
	if (values === undefined) return [];
	const named = await withApplication(context, (client) => chooseAdapters(client, values));
	return named.map(({ adapter: { path }, scale }) => ({ path, scale }));
}

async function chooseAdapters(
	client: Client,
	values: readonly string[],
): Promise<{ readonly adapter: Adapter; readonly scale: number }[]> {
	if (values.length === 1 && values[0] === 'none') return [];
	const { adapters } = await client.adapters.list();
	const named: { readonly adapter: Adapter; readonly scale: number }[] = [];
	for (const value of values) {
		const [, name = '', text] = /^(.+?)(?:=(-?\d+(?:\.\d+)?))?$/.exec(value) ?? [];
		const scale = text === undefined ? 1 : Number(text);
		if (name === '' || Math.abs(scale) > 4)
			throw new UsageError(`"${value}" names no adapter: give <adapter> or <adapter>=<scale from -4 to 4>`);
		const adapter = resolveAdapterName(adapters, name);
		if (named.some((one) => one.adapter.id === adapter.id)) throw new UsageError(`${name} is named twice`);
		named.push({ adapter, scale });
	}
	return named;
}
