import { Failure } from '../../../models/contract/failure.ts';
import type { Preset } from '../../contract/conversation/schema.ts';
import type { Client } from '../transport/rpc-client.ts';

/** Finds the preset that `text` names, by name (ignoring case) or number. Throws Failure `preset-unknown`. */
export async function choosePreset(client: Client, text: string): Promise<Preset> {
	const { presets } = await client.presets.list();
	const wanted = text.trim().toLowerCase();
	const found =
		presets.find(({ name }) => name.toLowerCase() === wanted) ?? presets.find(({ id }) => String(id) === wanted);
	if (found !== undefined) return found;
	const names = presets.map(({ name }) => name).join(', ');
	throw new Failure({
		code: 'preset-unknown',
		message: `No preset is named "${text}"`,
		next: [names === '' ? 'Create one: assay presets add <name> --temperature 0.2' : `Presets: ${names}`],
	});
}
