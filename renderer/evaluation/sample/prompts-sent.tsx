import type { Answer } from '../../../electron/contract/evaluation/schema.ts';
import { DiffText } from '../../design/diff-text.tsx';
import { diffWords } from '../../design/word-diff.ts';
import { t } from '../../messages/t.ts';
import type { ArmSide } from './arm-side.ts';
import { SideColumns } from './side-columns.tsx';

export const roles = { system: t('System'), user: t('User'), assistant: t('Assistant') } as const;

/** The input of each side, turn by turn, before the model's own chat template. */
export function PromptsSent({ answers, sides }: { answers: readonly Answer[]; sides: readonly ArmSide[] }) {
	const first = answers.find(({ armId }) => armId === sides[0]?.armId);
	const second = answers.find(({ armId }) => armId === sides[1]?.armId);
	return (
		<SideColumns sides={sides} nameOf={(label) => t('Prompt of {label}', { label })} height="max-h-56">
			{({ armId }, index) => {
				const answer = answers.find((one) => one.armId === armId);
				return (
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
				);
			}}
		</SideColumns>
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
