import { Scale, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { JudgeAgreement } from '../../../electron/contract/evaluation/schema.ts';
import type { Scorer } from '../../../electron/contract/evaluation/scorer.ts';
import type { FailureFacts } from '../../../models/contract/failure.ts';
import { isConnectionLoss, toFailure } from '../../connection/failure.ts';
import { Button } from '../../design/button.tsx';
import { FailureCard } from '../../design/failure-card.tsx';
import { formatTimeLeft, phraseSeparator } from '../../design/format.ts';
import { ProgressBar } from '../../design/progress-bar.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';

type Judge = Extract<Scorer, { kind: 'judge' }>;

type Check =
	| { readonly kind: 'none' }
	| { readonly kind: 'running'; readonly done: number; readonly total: number; readonly secondsLeft: number | null }
	| { readonly kind: 'done'; readonly agreement: JudgeAgreement; readonly of: string }
	| { readonly kind: 'failed'; readonly failure: FailureFacts };

/** Compares the judge with the user's own thumbs before a run relies on it. */
export function JudgeCheck({ judge }: { judge: Judge }) {
	const { connection } = useServices();
	const [check, setCheck] = useState<Check>({ kind: 'none' });
	const running = useRef<AbortController | null>(null);
	useEffect(() => () => running.current?.abort(), []);
	// A result belongs to the judge that produced it.
	const asked = JSON.stringify([judge.modelFileId, judge.rubric, judge.scale, judge.reasons]);
	const { modelFileId, rubric, scale, reasons } = judge;
	if (scale === 'pair') return null;

	async function start(): Promise<void> {
		const controller = new AbortController();
		running.current = controller;
		setCheck({ kind: 'running', done: 0, total: 0, secondsLeft: null });
		try {
			const input = { modelFileId, rubric, scale: scale === 'pair' ? 'pass-fail' : scale, reasons } as const;
			for await (const update of await connection.client.judges.check(input, { signal: controller.signal })) {
				if (update.type === 'done') setCheck({ kind: 'done', agreement: update.agreement, of: asked });
				else setCheck({ kind: 'running', ...update });
			}
		} catch (error) {
			if (controller.signal.aborted || isConnectionLoss(error)) setCheck({ kind: 'none' });
			else setCheck({ kind: 'failed', failure: toFailure(error) });
		}
	}

	if (check.kind === 'running') {
		const { done, total, secondsLeft } = check;
		return (
			<div className="flex w-full flex-wrap items-center gap-3" role="status">
				<Button size="sm" icon={X} onClick={() => running.current?.abort()}>
					{t('Stop')}
				</Button>
				<ProgressBar className="w-40" value={total === 0 ? null : done / total} label={t('Judging rated answers')} />
				<span className="text-xs text-ink-2 tabular-nums">
					{[
						total === 0 ? t('Loading the judge') : t('{done} of {total} rated answers', { done, total }),
						...(secondsLeft === null ? [] : [formatTimeLeft(secondsLeft)]),
					].join(phraseSeparator('comma'))}
				</span>
			</div>
		);
	}
	const blocked = rubric.trim() === '' ? t('Write a rubric first') : undefined;
	return (
		<div className="flex w-full flex-col gap-2">
			<div className="flex flex-wrap items-center gap-3">
				<Button size="sm" icon={Scale} blocked={blocked} onClick={() => void start()}>
					{t('Check against my ratings')}
				</Button>
				<span className="flex-1 text-pretty text-xs text-ink-2" role="status">
					{check.kind !== 'done'
						? t('The judge scores chat answers that you rated, to measure how far it agrees with you.')
						: check.of === asked
							? check.agreement.words
							: t('The judge has changed. Check it again.')}
				</span>
			</div>
			{check.kind === 'failed' ? <FailureCard title={t('Couldn’t check the judge')} failure={check.failure} /> : null}
		</div>
	);
}
