import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Failure } from '../../../../models/contract/failure.ts';
import type { AttachedText } from '../../../contract/conversation/attachment.ts';
import { attachmentTooLarge, maxAttachmentBytes } from '../../../contract/conversation/attachment-limits.ts';
import type { Client } from '../../ownership/attach.ts';

/** Texts of the files of `--attach`, in that order. Throws Failure `file-not-readable` and what reading them throws. */
export async function readAttachments(client: Client, paths: readonly string[]): Promise<AttachedText[]> {
	const read: AttachedText[] = [];
	for (const path of paths) read.push(await client.attachments.read({ file: await openFile(path) }));
	return read;
}

async function openFile(path: string): Promise<File> {
	try {
		const facts = await stat(path);
		const { size } = facts;
		// A device says that it is empty and never ends. (A folder fails by itself.)
		if (!facts.isFile() && !facts.isDirectory()) throw Object.assign(new Error(path), { code: 'ENOTFILE' });
		if (size > maxAttachmentBytes) throw new Failure(attachmentTooLarge(basename(path), size));
		return new File([await readFile(path)], basename(path));
	} catch (error) {
		if (error instanceof Failure) throw error;
		const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
		const words = {
			ENOENT: 'there is no such file',
			ENOTFILE: 'it is a device or a pipe',
			EISDIR: 'it is a folder',
			EACCES: 'reading it is not allowed',
		};
		throw new Failure(
			{
				code: 'file-not-readable',
				message: `${path} could not be attached: ${words[code as keyof typeof words] ?? code}.`,
				next: ['Check the path'],
			},
			{ cause: error },
		);
	}
}
