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
			new Option('--rating <rating>', 'only this rating; suggested: detected but not confirmed')
				.choices(['up', 'down', 'corrected', 'suggested', 'any'])
				.default('any'),
		)
		.option('--tag <tag>', 'only with this tag')
		.option('--model <name>', 'only answers of this model, as named in the list')
		.option('--quantization <type>', 'only answers of this quantisation')
		.option('--prompt <text>', 'only if the prompt contains this text')
		.option('--since <date>', 'start date (YYYY-MM-DD)', dayStart)
		.option('--until <date>', 'end date (YYYY-MM-DD), inclusive', dayEnd);
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
