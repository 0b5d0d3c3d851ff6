import type { Command } from 'commander';
import type { Preset, SamplingChoices } from '../../contract/conversation/schema.ts';
import { choosePreset } from './choose-preset.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from './command.ts';
import { exitCode } from './exit-codes.ts';
import { givenSampling, type SamplingOptions, samplingOptions } from './sampling-options.ts';
import { oneLine, table } from './table.ts';
import { withApplication } from './with-application.ts';

interface AddOptions extends SamplingOptions {
	system?: string;
	context?: number;
}

export const addPresets: AddCommands = (program, execute) => {
	const presets = program
		.command('presets')
		.description('list, create and delete presets: a system prompt with sampling and context, under a name');
	presets
		.command('list')
		.description('list presets; * marks the default for new conversations')
		.addHelpText('after', examples('presets list', 'presets list --json'))
		.action((_options, command: Command) => execute(command, listPresets));
	const add = presets
		.command('add <name>')
		.description('create a preset; omitted values follow the settings')
		.option('--system <text>', 'system prompt');
	for (const option of samplingOptions()) add.addOption(option);
	add
		.option('--context <n>', 'context size in tokens', wholeNumber(128))
		.addHelpText('after', examples('presets add Careful --temperature 0.2 --system "Say so when you are not sure."'))
		.action((name: string, options: AddOptions, command: Command) =>
			execute(command, (context) => addPreset(context, name, options)),
		);
	presets
		.command('remove <preset>')
		.description('delete a preset; conversations that use it keep its values')
		.addHelpText('after', examples('presets remove Careful'))
		.action((text: string, _options, command: Command) => execute(command, (context) => removePreset(context, text)));
};

async function listPresets({ output, ...context }: CommandContext): Promise<number> {
	const { presets, defaultPresetId } = await withApplication({ output, ...context }, async (client) => ({
		...(await client.presets.list()),
		...(await client.settings.get()),
	}));
	const rows = presets.map((preset) => [
		`${preset.name}${preset.id === defaultPresetId ? ' *' : ''}`,
		choiceWords(preset),
		oneLine(preset.systemPrompt, 60),
	]);
	const text =
		rows.length > 0
			? table(['NAME', 'VALUES', 'SYSTEM PROMPT'], rows)
			: 'No presets yet. Create one: assay presets add <name>';
	output.result({ presets: presets.map((preset) => ({ ...preset, default: preset.id === defaultPresetId })) }, text);
	return exitCode.done;
}

async function addPreset(context: CommandContext, name: string, options: AddOptions): Promise<number> {
	const { system = '', context: contextSize = null } = options;
	const content = { name, systemPrompt: system, sampling: givenSampling(options), contextSize };
	const preset = await withApplication(context, (client) => client.presets.create(content));
	context.output.result({ presets: [preset] }, `Created the preset ${preset.name}`);
	return exitCode.done;
}

async function removePreset(context: CommandContext, text: string): Promise<number> {
	const { preset, conversations } = await withApplication(context, async (client) => {
		const chosen = await choosePreset(client, text);
		return { preset: chosen, ...(await client.presets.remove({ id: chosen.id })) };
	});
	const kept = conversations === 0 ? '' : `. Conversations that keep its values: ${conversations}`;
	context.output.result({ presets: [preset], conversations }, `Deleted the preset ${preset.name}${kept}`);
	return exitCode.done;
}

function choiceWords({ sampling, contextSize, prompt }: Preset): string {
	const applied = prompt === undefined ? [] : [`prompt "${prompt.name}" v${prompt.number}`];
	const values = Object.entries(sampling satisfies SamplingChoices).map(
		([key, value]) => `${key} ${JSON.stringify(value)}`,
	);
	return [...applied, ...values, ...(contextSize === null ? [] : [`context ${contextSize}`])].join(', ');
}
