import { FileInput, FolderOpen } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { useServices } from '../../services.ts';
import { chosenFiles } from '../upload.ts';

/** Where each program keeps what can be imported. */
const places: readonly (readonly [program: string, place: string])[] = [
	['ChatGPT', 'the .zip that it sends, or conversations.json'],
	['Open WebUI', 'chat-export-….json'],
	['LM Studio', 'the folder .lmstudio/conversations'],
	['Jan', 'the folder data/threads'],
	['Assay', 'a file that “Export as JSON” made'],
];

/** Files or a folder, dropped or picked. */
export function FileChoice({ brief }: { brief: boolean }) {
	const { exchange } = useServices();
	const files = useRef<HTMLInputElement>(null);
	const folder = useRef<HTMLInputElement>(null);
	const [over, setOver] = useState(false);
	const take = (list: FileList | null): void => {
		if (list !== null && list.length > 0) void exchange.read(chosenFiles(list));
	};
	return (
		<>
			{/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the buttons inside are the first */}
			<div
				data-over={over || undefined}
				onDragOver={(event) => {
					event.preventDefault();
					setOver(true);
				}}
				onDragLeave={() => setOver(false)}
				onDrop={(event) => {
					event.preventDefault();
					setOver(false);
					take(event.dataTransfer.files);
				}}
				className="flex flex-col items-center rounded-lg border border-dashed border-control px-4 py-6 text-center data-over:border-accent data-over:bg-accent-soft"
			>
				<Icon of={FileInput} size={18} className="text-ink-3" />
				<p className="mt-2 text-ink-2">Drop files here, or</p>
				<div className="mt-2.5 flex flex-wrap justify-center gap-2">
					<Button kind="primary" onClick={() => files.current?.click()}>
						Choose files
					</Button>
					<Button icon={FolderOpen} onClick={() => folder.current?.click()}>
						Choose a folder
					</Button>
				</div>
				<input
					ref={files}
					type="file"
					multiple
					accept=".json,.jsonl,.zip"
					aria-label="Files to import"
					className="hidden"
					onChange={(event) => take(event.target.files)}
				/>
				<input
					ref={folder}
					type="file"
					aria-label="Folder to import"
					className="hidden"
					{...{ webkitdirectory: '' }}
					onChange={(event) => take(event.target.files)}
				/>
			</div>
			{brief ? null : <Places />}
		</>
	);
}

function Places() {
	return (
		<dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1 text-xs">
			{places.map(([program, place]) => (
				<div key={program} className="contents">
					<dt className="font-medium text-ink-2">{program}</dt>
					<dd className="text-ink-3">{place}</dd>
				</div>
			))}
		</dl>
	);
}
