import type { Answer } from '../../../electron/contract/evaluation/schema.ts';
import { DiffText } from '../../design/diff-text.tsx';
import { Scroller } from '../../design/scroll-area.tsx';
import { diffWords } from '../../design/word-diff.ts';
import { t } from '../../messages/t.ts';
import type { ArmSide } from './arm-side.ts';

const roles = { system: t('System'), user: t('User'), assistant: t('Assistant') } as const;

/** The input of each side, turn by turn, before the model's own chat template. */
export function PromptsSent({ answers, sides }: { answers: readonly Answer[]; sides: readonly ArmSide[] }) {
	const first = answers.find(({ armId }) => armId === sides[0]?.armId);
	const second = answers.find(({ armId }) => armId === sides[1]?.armId);
	return (
		<div className="mb-2.5 grid auto-cols-fr overflow-hidden rounded-[8px] border border-line min-[720px]:grid-flow-col">
			{sides.map(({ armId, label }, index) => {
				const answer = answers.find((one) => one.armId === armId);
				return (
					<section
						key={armId}
						aria-label={t('Prompt of {label}', { label })}
						className="min-w-0 border-line not-first:border-t min-[720px]:not-first:border-t-0 min-[720px]:not-first:border-l"
					>
						<h3 className="truncate px-3 py-1.5 text-xs font-medium" title={label}>
							{label}
						</h3>
						<Scroller label={t('Prompt of {label}', { label })} className="max-h-56 px-3 pb-2">
							<div>
								{answer?.promptProblem == null ? null : <p className="text-xs text-warn">{answer.promptProblem}</p>}
								{answer?.turns.map((turn, at) => {
									const twin = findTwinTurn(turn, answer, index === 0 ? second : first) ?? '';
									const [before, after] = index === 0 ? [turn.content, twin] : [twin, turn.content];
									return (
										// biome-ignore lint/suspicious/noArrayIndexKey: turns stand where they stand
										<div key={at} className="mb-1.5">
											<h4 className="text-2xs text-ink-3">{roles[turn.role]}</h4>
											{first === undefined || second === undefined || before === after ? (
												<p className="foreign font-mono text-xs whitespace-pre-wrap" dir="auto">
													{turn.content}
												</p>
											) : (
												<DiffText mono runs={diffWords(before, after)} side={index === 0 ? 'before' : 'after'} />
											)}
										</div>
									);
								})}
							</div>
						</Scroller>
					</section>
				);
			})}
		</div>
	);
}

/** Finds the other side's matching turn: the same role, counted from the end, where the question is. */
export function findTwinTurn(
	turn: Answer['turns'][number],
	own: Pick<Answer, 'turns'>,
	other: Pick<Answer, 'turns'> | undefined,
): string | undefined {
	const ofRole = ({ turns }: Pick<Answer, 'turns'>) => turns.filter(({ role }) => role === turn.role).toReversed();
	return other === undefined ? undefined : ofRole(other)[ofRole(own).indexOf(turn)]?.content;
}
