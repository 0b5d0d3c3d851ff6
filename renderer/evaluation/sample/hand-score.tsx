import { Check, CircleSlash2, Hand, X } from 'lucide-react';
import type { Answer, HandScore } from '../../../electron/contract/evaluation/schema.ts';
import { handScorer } from '../../../electron/contract/evaluation/scorer-name.ts';
import { toFailure } from '../../connection/failure.ts';
import { IconButton } from '../../design/button.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { inSentence } from '../run-wording.ts';
import { formatPlain } from '../score-format.ts';

const levels = [
	{ value: 1, label: t('Right'), icon: Check },
	{ value: 0.5, label: t('Partly right'), icon: CircleSlash2 },
	{ value: 0, label: t('Wrong'), icon: X },
] as const;

/** Names a score by hand: "right", "0.75". */
function describe({ value }: Pick<HandScore, 'value'>): string {
	const level = levels.find((one) => one.value === value);
	return level === undefined ? formatPlain(value, 2) : inSentence(level.label);
}

/** Scores an output by hand. A press on the score that it has removes it; each change can be undone. */
export function HandScoring({ answer, label, epoch }: { answer: Answer; label: string; epoch: number }) {
	const { armId, position } = answer;
	const { connection, toasts } = useServices();
	const known = answer.scores.find(({ scorer }) => scorer === handScorer)?.value ?? null;
	async function save(score: HandScore | null): Promise<HandScore | null> {
		const { before } = await connection.client.evaluations.scoreByHand({
			armId,
			position: position ?? 0,
			epoch,
			score,
		});
		return before;
	}
	async function choose(value: number): Promise<void> {
		const next = value === known ? null : { value, note: '' };
		try {
			const before = await save(next);
			toasts.show({
				text:
					next === null
						? t('Your score of {label} is removed.', { label })
						: before === null
							? t('You scored {label} {score}.', { label, score: describe(next) })
							: t('You scored {label} {score}; it was {before}.', {
									label,
									score: describe(next),
									before: describe(before),
								}),
				icon: Hand,
				action: {
					label: t('Undo'),
					run: () => void save(before).catch((error: unknown) => toasts.fail(toFailure(error).message)),
				},
			});
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
	if (answer.status !== 'done' || position === null) return null;
	return (
		<fieldset className="-my-0.5 flex items-center gap-0.5">
			<legend className="float-left mr-1 text-ink-3">{t('Your score')}</legend>
			{levels.map((level) => (
				<IconButton
					key={level.value}
					icon={level.icon}
					size="sm"
					label={`${level.label}: ${label}`}
					aria-pressed={known === level.value}
					onClick={() => void choose(level.value)}
				/>
			))}
			{known === null || levels.some(({ value }) => value === known) ? null : (
				<span className="font-mono">{formatPlain(known, 2)}</span>
			)}
		</fieldset>
	);
}
