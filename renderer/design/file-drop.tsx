import { FileInput, FolderOpen } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { t } from '../messages/t.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

/** Takes dropped or picked files or folders. */
export function FileDrop({
	accept,
	filesLabel,
	folderLabel,
	onFiles,
	children,
}: {
	/** File name endings that the picker offers: ".json,.zip". */
	accept: string;
	/** Names the files, and the folder, by their purpose: "Files to import". */
	filesLabel: string;
	folderLabel: string;
	onFiles: (files: FileList) => void;
	/** More buttons. */
	children?: ReactNode;
}) {
	const files = useRef<HTMLInputElement>(null);
	const folder = useRef<HTMLInputElement>(null);
	const [over, setOver] = useState(false);
	const take = (list: FileList | null): void => {
		if (list !== null && list.length > 0) onFiles(list);
	};
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the buttons inside are the first
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
			className="flex flex-col items-center rounded-lg border border-dashed border-control px-4 py-6 text-center [@media(max-height:640px)]:py-3.5 data-over:border-accent data-over:bg-accent-soft"
		>
			<Icon of={FileInput} size={18} className="text-ink-3" />
			<p className="mt-2 text-ink-2">{t('Drop files here, or')}</p>
			<div className="mt-2.5 flex flex-wrap justify-center gap-2">
				<Button kind="primary" onClick={() => files.current?.click()}>
					{t('Choose files')}
				</Button>
				<Button icon={FolderOpen} onClick={() => folder.current?.click()}>
					{t('Choose a folder')}
				</Button>
				{children}
			</div>
			<input
				ref={files}
				type="file"
				multiple
				accept={accept}
				aria-label={filesLabel}
				className="hidden"
				onChange={(event) => take(event.target.files)}
			/>
			<input
				ref={folder}
				type="file"
				aria-label={folderLabel}
				className="hidden"
				{...{ webkitdirectory: '' }}
				onChange={(event) => take(event.target.files)}
			/>
		</div>
	);
}
