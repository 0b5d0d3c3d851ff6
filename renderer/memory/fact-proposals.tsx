import { useState } from 'react';
import { useStore } from 'zustand';
import type { Fact } from '../../electron/contract/memory/schema.ts';
import { focusComposer } from '../conversation/actions.ts';
import { Button } from '../design/button.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { FactEditor } from './fact-editor.tsx';
import { acceptFact, dismissFact, forgetFact } from './memory-actions.ts';

/** Below the person's message: what could be remembered of it, and what was remembered by itself. */
export function FactProposals({ messageId }: { messageId: number }) {
	const { memory, settings } = useServices();
	const found = useStore(memory.state, (state) => state.found);
	const automatic = useStore(settings.state, (state) => state.memoryAutomatic);
	const facts = found.filter(
		({ source, state, origin }) =>
			source?.messageId === messageId && (state === 'proposed' || (automatic && origin !== 'person')),
	);
	if (facts.length === 0) return null;
	return (
		<ul aria-label={t('To remember')} className="mt-1 flex flex-col items-end gap-1">
			{facts.map((fact) => (
				<li key={fact.id} className="max-w-full">
					<FactProposal fact={fact} />
				</li>
			))}
		</ul>
	);
}

function FactProposal({ fact }: { fact: Fact }) {
	const services = useServices();
	const [editing, setEditing] = useState(false);
	const done = (work: Promise<void>): void => void work.then(() => focusComposer());
	if (editing) {
		return (
			<FactEditor
				text={fact.text}
				action={t('Remember')}
				onKeep={(text) => done(acceptFact(services, fact, text))}
				onClose={() => setEditing(false)}
				className="w-120 max-w-full"
			/>
		);
	}
	const proposed = fact.state === 'proposed';
	return (
		<div className="flex flex-wrap items-center justify-end gap-x-2 gap-y-1 text-xs text-ink-3">
			<p className="foreign min-w-0" dir="auto">
				{proposed ? t('Remember “{text}”?', { text: fact.text }) : t('Remembered: “{text}”', { text: fact.text })}
				{fact.supersedes === null || !proposed ? null : (
					<> {t('It replaces “{text}”.', { text: fact.supersedes.text })}</>
				)}
			</p>
			<span className="flex flex-none gap-1">
				{proposed ? (
					<>
						<Button size="sm" onClick={() => done(acceptFact(services, fact))}>
							{t('Remember')}
						</Button>
						<Button size="sm" kind="ghost" onClick={() => setEditing(true)}>
							{t('Edit')}
						</Button>
						<Button size="sm" kind="ghost" onClick={() => done(dismissFact(services, fact))}>
							{t('Dismiss')}
						</Button>
					</>
				) : (
					<Button size="sm" kind="ghost" onClick={() => done(forgetFact(services, fact))}>
						{t('Forget')}
					</Button>
				)}
			</span>
		</div>
	);
}
