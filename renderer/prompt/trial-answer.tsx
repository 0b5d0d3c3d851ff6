import { Play, Square } from 'lucide-react';
import { useEffect, useEffectEvent } from 'react';
import { useStore } from 'zustand';
import type { Message } from '../../electron/contract/conversation/schema.ts';
import type { PromptRequest } from '../../electron/contract/prompt/schema.ts';
import { SubmitKey } from '../app/keyboard/submit-key.tsx';
import { Button } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatRate } from '../design/format.ts';
import { Spinner } from '../design/spinner.tsx';
import { chooseDefaultModel } from '../library/library-store.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { useTrial } from './use-trial.ts';

/** The default model's answer to the current sample: a quick trial before measuring all samples. */
export function TrialAnswer({ request }: { request: Extract<PromptRequest, { kind: 'generate' }> }) {
	const { models } = useServices();
	const model = useStore(models.state, (state) => chooseDefaultModel(state.models));
	const { trial, start, stop } = useTrial();
	const of = JSON.stringify(request.turns);
	const stale = trial.kind !== 'none' && trial.of !== of;
	const running = trial.kind === 'running';
	const press = useEffectEvent((event: KeyboardEvent) => {
		if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || model === undefined || running) return;
		// An open dialog has its own keys.
		if (document.querySelector('[role="dialog"]') !== null) return;
		event.preventDefault();
		void start(request, of);
	});
	useEffect(() => {
		const listen = (event: KeyboardEvent) => press(event);
		addEventListener('keydown', listen);
		return () => removeEventListener('keydown', listen);
	}, []);
	return (
		<section aria-label={t('Answer')} className="flex flex-col gap-2" aria-busy={running}>
			<div className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1">
				{running ? (
					<Button size="sm" icon={Square} onClick={stop}>
						{t('Stop')}
					</Button>
				) : (
					<Button
						size="sm"
						icon={Play}
						blocked={model === undefined ? t('Add a model first, under Models') : undefined}
						onClick={() => void start(request, of)}
					>
						{trial.kind === 'none' ? t('Try it') : t('Try again')}
					</Button>
				)}
				<SubmitKey />
				<span role="status" className="min-w-0 flex-1 truncate text-xs text-ink-3">
					{running
						? trial.doing
						: stale
							? t('Outdated: the prompt or the sample has changed.')
							: model === undefined
								? ''
								: t('{name} answers at temperature 0. Nothing is saved.', { name: model.name })}
				</span>
			</div>
			{trial.kind === 'failed' ? (
				<FailureCard title={t('Couldn’t get an answer')} failure={trial.failure} />
			) : trial.kind === 'none' ? null : (
				<div
					className={`grid grid-cols-[4rem_minmax(0,1fr)] overflow-hidden rounded-lg border border-line ${stale ? 'text-ink-3' : ''}`}
				>
					<span className="bg-sunken px-2.5 py-2 text-2xs/5 text-ink-3">{t('Answer')}</span>
					<div className="px-2.5 py-2">
						<p className="foreign min-h-5 font-mono text-xs/5 whitespace-pre-wrap" dir="auto">
							{running ? trial.text === '' ? <Spinner /> : trial.text : trial.message.content}
						</p>
						{running ? null : (
							<p className="mt-1 text-xs text-ink-3 tabular-nums">{describeGeneration(trial.message)}</p>
						)}
					</div>
				</div>
			)}
		</section>
	);
}

function describeGeneration({ status, generation }: Message): string {
	if (generation === null) return status === 'stopped' ? t('Stopped') : '';
	const { completionTokens, tokensPerSecond, stopReason, modelName, quantization } = generation;
	return [
		t('{count, plural, one {# token} other {# tokens}}', { count: completionTokens }),
		tokensPerSecond === null ? null : formatRate(tokensPerSecond),
		stopReason === 'max-tokens' ? t('reached the answer limit') : status === 'stopped' ? t('stopped') : null,
		`${modelName} ${quantization}`.trim(),
	]
		.filter((part) => part !== null)
		.join(' · ');
}
