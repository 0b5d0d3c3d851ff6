import { join } from 'node:path';
import { expect, test } from 'vitest';
import { templateFamily } from '../../../models/prompt/template-families.ts';
import { failureOf } from '../../support/failure.ts';
import { createTestLibrary } from '../../support/library.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';

const chatMl = { family: 'chatml', source: templateFamily('chatml')!.source, stop: ['<|im_end|>'] };
const turns = [{ role: 'user' as const, content: 'Where is it?' }];

function base() {
	return writeTinyGguf(join(temporaryFolder(), 'base.gguf'), { chatTemplate: null });
}

test('a chosen template makes a base model chat, and reaches the engine; without it the model is a base model again', async () => {
	const { library } = createTestLibrary();
	const { id, chat } = await library.files.add(base());
	expect(chat).toBe(false);
	expect(await library.template(id)).toMatchObject({ chosen: null, file: null, suggested: null });
	const set = await library.setTemplate(id, chatMl);
	expect(set).toMatchObject({ chosen: chatMl, reload: false });
	expect(library.modelFile(id).chat).toBe(true);
	expect(library.chatTemplate(id)).toEqual({ source: chatMl.source, stop: chatMl.stop });
	expect((await library.setTemplate(id, null)).chosen).toBeNull();
	expect(library.modelFile(id).chat).toBe(false);
	expect(library.chatTemplate(id)).toBeNull();
});

test('a template that can’t write a message is refused with line and cause, and the one before stays', async () => {
	const { library } = createTestLibrary();
	const { id } = await library.files.add(base());
	await library.setTemplate(id, chatMl);
	const set = (source: string) => failureOf(() => library.setTemplate(id, { family: null, source, stop: [] }));
	expect(await set('Hello\n{% for m in messages %}{{ m.content }}')).toMatchObject({ code: 'template-invalid' });
	expect((await set('one\n{{ nothing.at.all }}')).message).toMatch(/on line 2: /);
	expect((await set('always the same')).message).toContain('leaves out the message');
	expect((await set('  ')).message).toContain('empty');
	expect(
		(await set('{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}')).message,
	).toContain('does not end');
	expect((await library.template(id)).chosen).toEqual(chatMl);
});

test('a preview shows the text with the start token, or the fault with its line', async () => {
	const { library } = createTestLibrary();
	const { id } = await library.files.add(base());
	const good = await library.previewTemplate(id, chatMl.source, turns);
	expect(good).toMatchObject({ failure: null, line: null });
	expect(good.text).toContain('<|im_start|>user\nWhere is it?<|im_end|>\n<|im_start|>assistant\n');
	expect(await library.previewTemplate(id, 'a\nb\n{{ x.y.z }}', turns)).toMatchObject({
		text: '',
		line: 3,
		failure: { code: 'template-invalid' },
	});
});
