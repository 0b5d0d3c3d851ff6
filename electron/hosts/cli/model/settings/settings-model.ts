import { type Command, InvalidArgumentError, Option } from 'commander';
import { kvTypes } from '../../../../../models/contract/load.ts';
import { maxParallelAnswers, ropeLimits } from '../../../../../models/contract/load-limits.ts';
import type { ModelOptions } from '../../../../contract/model/own.ts';
import { type AddCommands, type CommandContext, examples, numberBetween, wholeNumber } from '../../command.ts';
import { exitCode } from '../../exit-code.ts';
import { gpuLayersOption, gpuOption } from '../../gpu-option.ts';
import { cacheTypeOf } from '../../measure/cache-type.ts';
import { collect, listOf } from '../../measure/list-option.ts';
import { withApplication } from '../../session.ts';
import { UsageError } from '../../usage-error.ts';
import { knownModel } from '../choose-model.ts';
import { changeSettings, type SettingsOptions } from './change.ts';
import { settingsTable } from './words.ts';

/** What `read` takes, or the word for what is decided at each load. */
function orAuto<T>(read: (text: string) => T): (text: string) => T | 'auto' {
	return (text) => (text === 'auto' ? text : read(text));
}

/** "Q8_0" for both halves of the cache, or "Q8_0,Q4_0". */
function cacheTypes(text: string): SettingsOptions['kv'] {
	const [keyType, valueType = keyType, ...more] = listOf(cacheTypeOf)(text);
	if (keyType === undefined || valueType === undefined || more.length > 0) {
		throw new InvalidArgumentError('It must be a type, or that of the keys and that of the values.');
	}
	return { keyType, valueType };
}

const switched = (flags: string, what: string): Option => new Option(flags, what).choices(['on', 'off']);

/** `assay models settings <model>`: how it is loaded here. */
export const addSettings: AddCommands = (models, execute) => {
	const { scale, base } = ropeLimits;
	models
		.command('settings <model>')
		.description('show how a model is loaded here, or set it; auto leaves a setting to each load')
		.option('--context <tokens|auto>', 'how much of a conversation it sees at once', orAuto(wholeNumber(128)))
		.option('--threads <n|auto>', 'inference threads', orAuto(wholeNumber(1, 256)))
		.option('--answers <n|auto>', 'answers at once', orAuto(wholeNumber(1, maxParallelAnswers)))
		.option('--batch <tokens|auto>', 'tokens of a prompt computed at once', orAuto(wholeNumber(32, 4096)))
		.option('--kv <type|auto>', `type of the KV cache, or keys,values: ${kvTypes.join(', ')}`, orAuto(cacheTypes))
		.addOption(new Option('--flash-attention <when>', 'a KV cache in blocks needs it').choices(['auto', 'on', 'off']))
		.addOption(switched('--map <on|off>', 'weights are read from the file as they are needed, or copied into memory'))
		.addOption(switched('--lock <on|off>', 'weights are never swapped out'))
		.option('--rope-scale <n|auto>', '0.5 doubles the context', orAuto(numberBetween(scale.min, scale.max)))
		.option('--rope-base <n|auto>', 'base frequency of the positions', orAuto(numberBetween(base.min, base.max)))
		.addOption(gpuOption())
		.addOption(gpuLayersOption())
		.option('--lora <adapter[:scale]>', 'LoRA adapter; once for each, in place of those before; none: without', collect)
		.option('--draft <model>', 'guess several tokens at once with a smaller model, lookup (the text so far), or off')
		.option('--reset', 'everything automatic again, before what else is given', false)
		.addHelpText(
			'after',
			examples(
				'models settings SmolLM2',
				'models settings SmolLM2 --context 4096 --kv Q8_0 --threads 2',
				'models settings SmolLM2 --lora poems.gguf:0.8 --draft lookup',
				'models settings SmolLM2 --reset --json',
			),
		)
		.action((text: string, options: SettingsOptions, command: Command) =>
			execute(command, (context) => settings(context, text, options)),
		);
};

async function settings(context: CommandContext, text: string, wanted: SettingsOptions): Promise<number> {
	const { model, options, reload, files, notes } = await withApplication(context, async (client) => {
		const chosen = await knownModel(client, text);
		if (chosen.kind !== 'model') throw new UsageError(`${chosen.name} is no model that is loaded by itself`);
		const { options: before } = await client.models.options({ id: chosen.id });
		const { options: after, notes: changes } = await changeSettings(client, chosen, before, wanted);
		const answer = isSame(before, after)
			? { options: before, reload: false }
			: await client.models.setOptions({ id: chosen.id, options: after });
		return { model: chosen, ...answer, notes: changes, files: (await client.models.list()).models };
	});
	const { id, name } = model;
	const told = [
		...notes,
		...(reload ? ['It is in memory with the settings of before; the next load takes these.'] : []),
	];
	context.output.result(
		{ model: { id, name }, options, reload, notes },
		[settingsTable(options, files), ...told].join('\n'),
	);
	return exitCode.done;
}

const isSame = (a: ModelOptions, b: ModelOptions): boolean => JSON.stringify(a) === JSON.stringify(b);
