import { useEffect, useRef, useState } from 'react';
import type { GenerationUpdate, Message, TemporaryInput } from '../../electron/contract/conversation/schema.ts';
import { parametersSchema } from '../../electron/contract/evaluation/run-config.ts';
import type { PromptRequest } from '../../electron/contract/prompt/schema.ts';
import type { FailureFacts } from '../../models/contract/failure.ts';
import { withRunDefaults } from '../../models/contract/sampling-parameters.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

type Asked = Extract<PromptRequest, { kind: 'generate' }>;

/** An answer to a previewed input; `of` identifies that input, which may have changed since. */
export type Trial =
	| { readonly kind: 'none' }
	| { readonly kind: 'running'; readonly of: string; readonly text: string; readonly doing: string }
	| { readonly kind: 'done'; readonly of: string; readonly message: Message }
	| { readonly kind: 'failed'; readonly of: string; readonly failure: FailureFacts };

/** Creates the input with the defaults of a run: greedy, with a length limit, without a chat's preset, format or tools. */
export function toTrialInput({ turns }: Asked): TemporaryInput {
	return {
		systemPrompt: turns.find(({ role }) => role === 'system')?.content ?? '',
		turns: turns.flatMap(({ role, content }) => (role === 'system' ? [] : [{ role, content }])),
		options: { presetId: null, sampling: {}, contextSize: null },
		sampling: { ...withRunDefaults(parametersSchema.parse({})), seed: 0 },
		// Nobody could be asked about a call here.
		tools: [],
	};
}

/** Lets the default model answer the previewed input once; nothing is stored. */
export function useTrial(): {
	readonly trial: Trial;
	start(request: Asked, of: string): Promise<void>;
	stop(): void;
} {
	const { client } = useServices().connection;
	const [trial, setTrial] = useState<Trial>({ kind: 'none' });
	const running = useRef<{ id: number | null; left: boolean }>({ id: null, left: false });

	function stop(): void {
		const { id } = running.current;
		if (id !== null) client.generations.stop({ id }).catch(() => {});
	}
	async function start(request: Asked, of: string): Promise<void> {
		const mine = { id: null as number | null, left: false };
		running.current = mine;
		setTrial({ kind: 'running', of, text: '', doing: t('Starting') });
		try {
			const { id } = await client.generations.startTemporary(toTrialInput(request));
			mine.id = id;
			if (mine.left) stop();
			for await (const update of await client.generations.subscribe({ id })) {
				if (mine.left) return;
				setTrial((now) => applyUpdate(now, update));
			}
		} catch (error) {
			if (!mine.left)
				setTrial(isConnectionLoss(error) ? { kind: 'none' } : { kind: 'failed', of, failure: toFailure(error) });
		} finally {
			mine.id = null;
		}
	}
	// Stop the answer when the user leaves the prompt.
	const leave = useRef(() => {
		running.current.left = true;
		stop();
	});
	useEffect(() => leave.current, []);
	return { trial, start, stop };
}

function applyUpdate(now: Trial, update: GenerationUpdate): Trial {
	if (now.kind !== 'running') return now;
	switch (update.type) {
		case 'end':
			return update.message.failure === null
				? { kind: 'done', of: now.of, message: update.message }
				: { kind: 'failed', of: now.of, failure: update.message.failure };
		case 'snapshot':
			return { ...now, text: update.message.content };
		case 'tokens':
			return { ...now, text: now.text + update.text, doing: t('Writing') };
		case 'loading':
			return {
				...now,
				doing:
					update.stage === 'queued' ? t('Waiting for another answer') : t('Loading {name}', { name: update.modelName }),
			};
		case 'prompt':
			return { ...now, doing: t('Processing the prompt') };
		case 'round':
			return now;
	}
}
