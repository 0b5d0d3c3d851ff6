import { TriangleAlert, X } from 'lucide-react';
import { IconButton } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import type { LoadedFile } from './use-plan.ts';

/** What a config file names and this library does not have, and what was done for it. */
export function LoadedNote({ loaded, onClose }: { loaded: LoadedFile; onClose: () => void }) {
	const { fileName, problems, notes } = loaded;
	const gaps = problems.length > 0;
	return (
		<section
			aria-label={`From ${fileName}`}
			className={`mt-4 flex items-start gap-2 rounded-[8px] py-2 pr-1.5 pl-3 text-xs ${gaps ? 'bg-warn-soft' : 'bg-sunken'}`}
		>
			{gaps ? <Icon of={TriangleAlert} size={14} className="mt-0.5 text-warn" /> : null}
			<div role="status" className="min-w-0 flex-1 [overflow-wrap:anywhere] text-pretty">
				<p className="font-medium">
					{gaps
						? `Not all that ${fileName} names is here. Choose something else for it.`
						: `Filled in from ${fileName}.`}
				</p>
				<ul className="text-ink-2">
					{problems.map(({ message, next }) => (
						<li key={message}>
							{message}. {next[0] === undefined ? '' : `${next[0]}.`}
						</li>
					))}
					{notes.map((note) => (
						<li key={note}>{note}.</li>
					))}
				</ul>
			</div>
			<IconButton icon={X} size="sm" label="Close" onClick={onClose} />
		</section>
	);
}
