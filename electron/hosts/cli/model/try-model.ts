import { Failure } from '../../../../models/contract/failure.ts';
import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { withApplication } from '../session.ts';
import { bytes } from '../table.ts';
import { knownModel } from './choose-model.ts';

/** Loads a model once. Throws the Failure of a load that did not succeed. */
export async function tryLoading(context: CommandContext, text: string, safe: boolean): Promise<number> {
	const { model, state } = await withApplication(context, async (client) => {
		const chosen = await knownModel(client, text);
		return { model: chosen, state: await client.models.load({ id: chosen.id, safe }) };
	});
	if (state.state !== 'loaded') {
		throw new Failure({
			code: 'load-cancelled',
			message: `Loading ${model.name} was cancelled.`,
			next: ['Try it again'],
		});
	}
	const { contextSize, threads, loadMs } = state.capabilities;
	context.output.result(
		{ model: model.name, contextSize, threads, loadMs, residentBytes: state.residentBytes },
		`${model.name} ${model.quantization} works: context ${contextSize}, ${threads} threads, ${bytes(state.residentBytes)}`,
	);
	return exitCode.done;
}
