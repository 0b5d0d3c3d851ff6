import { type Command, Option } from 'commander';
import { type FeedbackItem, suggestedTags } from '../../../contract/feedback.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { withApplication } from '../session.ts';
import { moment, oneLine, table } from '../table.ts';
import { UsageError } from '../usage-error.ts';

interface ListOptions {
	readonly rating: 'up' | 'down' | 'corrected' | 'any';
	readonly tag?: string;
	readonly limit: number;
}

interface AddOptions {
	readonly rating?: 'up' | 'down';
	readonly tags?: string;
	readonly comment?: string;
	readonly correction?: string;
}

export const addFeedback: AddCommands = (program, execute) => {
	const feedback = program.command('feedback').description('what was said of answers');
	feedback
		.command('list')
		.description('list rated and corrected answers, newest first')
		.addOption(new Option('--rating <rating>', 'only these').choices(['up', 'down', 'corrected', 'any']).default('any'))
		.option('--tag <tag>', 'only with this tag')
		.option('--limit <n>', 'how many', wholeNumber(1, 10_000), 50)
		.addHelpText('after', examples('feedback list --rating down', 'feedback list --tag wrong-fact --json'))
		.action((options: ListOptions, command: Command) => execute(command, (context) => listFeedback(context, options)));
	feedback
		.command('add')
		.argument('<message-id>', 'number of the answer', wholeNumber(1))
		.description('rate or correct an answer')
		.addOption(new Option('--rating <rating>', 'a thumb').choices(['up', 'down']))
		.option('--tags <tags>', `why, separated by commas (${suggestedTags.join(', ')}, or your own)`)
		.option('--comment <text>', 'in your own words')
		.option('--correction <text>', 'what the answer should have been')
		.addHelpText(
			'after',
			examples('feedback add 12 --rating down --tags wrong-fact', 'feedback add 12 --correction "Paris"'),
		)
		.action((id: number, options: AddOptions, command: Command) =>
			execute(command, (context) => addToAnswer(context, id, options)),
		);
};

async function listFeedback(context: CommandContext, { rating, tag, limit }: ListOptions): Promise<number> {
	const { feedback, counts } = await withApplication(context, (client) =>
		client.feedback.list({ filter: { rating, ...(tag === undefined ? {} : { tag }) }, limit }),
	);
	const rows = feedback.map((item) => [
		String(item.messageId),
		moment(item.at),
		saidOf(item),
		oneLine(item.prompt, 40),
		oneLine(item.correction ?? item.answer, 60),
	]);
	const text = rows.length > 0 ? table(['ID', 'WHEN', 'SAID', 'PROMPT', 'ANSWER'], rows) : 'No feedback yet';
	context.output.result({ feedback, counts }, text);
	return exitCode.done;
}

function saidOf({ rating, tags, correction }: FeedbackItem): string {
	const parts = [rating ?? '', ...tags, correction === null ? '' : 'corrected'];
	return parts.filter((part) => part !== '').join(', ');
}

async function addToAnswer(context: CommandContext, messageId: number, options: AddOptions): Promise<number> {
	const { rating, tags, comment, correction } = options;
	if (rating === undefined && correction === undefined) {
		throw new UsageError('say what there is to say: --rating up, --rating down or --correction <text>');
	}
	const list = (tags ?? '')
		.split(',')
		.map((tag) => tag.trim())
		.filter((tag) => tag !== '');
	const said = await withApplication(context, async (client) => {
		if (rating !== undefined) await client.feedback.rate({ messageId, rating, tags: list, comment: comment ?? null });
		if (correction !== undefined) await client.feedback.correct({ messageId, correction });
		return (await client.feedback.of({ messageIds: [messageId] })).feedback;
	});
	context.output.result({ feedback: said }, `Noted for answer ${messageId}`);
	return exitCode.done;
}
