import { type Command, Option } from 'commander';
import type { FeedbackFilter } from '../../contract/feedback/schema.ts';
import { dayEnd, dayStart } from './date-option.ts';

/** Options of `list` and `export` that select answers. */
export interface FilterOptions {
	readonly rating: FeedbackFilter['rating'];
	readonly tag?: string;
	readonly model?: string;
	readonly quantization?: string;
	readonly prompt?: string;
	readonly since?: number;
	readonly until?: number;
}

export function addFilterOptions(command: Command): Command {
	return command
		.addOption(
			new Option('--rating <rating>', 'only these; suggested: what words suggest and nobody confirmed yet')
				.choices(['up', 'down', 'corrected', 'suggested', 'any'])
				.default('any'),
		)
		.option('--tag <tag>', 'only with this tag')
		.option('--model <name>', 'only answers of this model, as the list names it')
		.option('--quantization <type>', 'only answers of this quantisation')
		.option('--prompt <text>', 'only where the message answered holds this text')
		.option('--since <date>', 'only from this day on (YYYY-MM-DD)', dayStart)
		.option('--until <date>', 'only up to this day, its end included', dayEnd);
}

export function filterOf(options: FilterOptions): FeedbackFilter {
	const { rating, tag, model, quantization, prompt, since, until } = options;
	return {
		rating,
		...(tag === undefined ? {} : { tag }),
		...(model === undefined ? {} : { modelName: model }),
		...(quantization === undefined ? {} : { quantization }),
		...(prompt === undefined ? {} : { prompt }),
		...(since === undefined ? {} : { from: since }),
		...(until === undefined ? {} : { to: until }),
	};
}
