import { useState } from 'react';
import type { ToolDefinition, ToolView } from '../../electron/contract/tools/schema.ts';
import { Badge } from '../design/badge.tsx';
import { Button } from '../design/button.tsx';
import { DiffText } from '../design/diff-text.tsx';
import { formatCount } from '../design/format.ts';
import { Scroller } from '../design/scroll-area.tsx';
import { Switch } from '../design/switch.tsx';
import { diffWords } from '../design/word-diff.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { useAttempt } from './use-attempt.ts';

/** A tool with the text that a model reads about it, what that costs, and its switch. */
export function ToolSwitch({ tool }: { tool: ToolView }) {
	const { connection } = useServices();
	const attempt = useAttempt();
	const [open, setOpen] = useState(false);
	const { id, name, description, tokens, isOn, isMissing, changed } = tool;
	return (
		<div className="flex flex-col gap-1.5">
			<Switch
				label={name}
				description={
					<span className="foreign [overflow-wrap:anywhere] whitespace-pre-wrap" dir="auto" translate="no">
						{description}
					</span>
				}
				checked={isOn}
				onChange={(on) => void attempt(() => connection.client.tools.setTool({ id, on }))}
			/>
			<div className="flex flex-wrap items-center gap-1.5 text-xs text-ink-3 tabular-nums">
				<span>{t('about {tokens} tokens', { tokens: formatCount(tokens) })}</span>
				{isMissing ? <Badge tone="warn">{t('no longer offered')}</Badge> : null}
				{changed === null ? null : <Badge tone="warn">{t('changed')}</Badge>}
				<Button
					kind="ghost"
					size="sm"
					aria-expanded={open}
					aria-label={t('What the model reads about {name}', { name })}
					onClick={() => setOpen(!open)}
				>
					{t('What the model reads')}
				</Button>
			</div>
			{open ? (
				<Scroller
					label={t('What the model reads about {name}', { name })}
					className="max-h-64 rounded-md border border-line bg-sunken px-2.5 py-2"
				>
					<pre className="foreign font-mono text-2xs whitespace-pre-wrap text-ink-2" translate="no">
						{definitionText(tool)}
					</pre>
				</Scroller>
			) : null}
			{changed === null ? null : <ChangedTool tool={tool} changed={changed} />}
		</div>
	);
}

function definitionText({ description, inputSchema }: ToolDefinition): string {
	return `${description}\n\n${JSON.stringify(inputSchema, null, 2)}`;
}

/** A changed definition of a tool that is on: the tool is not offered until the person has accepted it. */
function ChangedTool({ tool, changed }: { tool: ToolView; changed: NonNullable<ToolView['changed']> }) {
	const { connection } = useServices();
	const attempt = useAttempt();
	const { id, name } = tool;
	return (
		// biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
		<div
			role="group"
			aria-label={t('Change of {name}', { name })}
			className="rounded-lg border border-line bg-sunken px-3.5 py-3"
		>
			<p className="font-semibold">{t('The server changed what the model reads')}</p>
			<p className="mb-2 text-xs text-pretty text-ink-2">
				{t('The tool isn’t used until you accept its new text. Calls that you allowed before ask again.')}
			</p>
			<DiffText runs={diffWords(definitionText(tool), definitionText(changed))} mono />
			<div className="mt-2.5 flex gap-1.5">
				<Button onClick={() => void attempt(() => connection.client.tools.acceptTool({ id, hash: changed.hash }))}>
					{t('Accept the change')}
				</Button>
				<Button kind="ghost" onClick={() => void attempt(() => connection.client.tools.setTool({ id, on: false }))}>
					{t('Switch the tool off')}
				</Button>
			</div>
		</div>
	);
}
