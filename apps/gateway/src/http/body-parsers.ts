import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Bytes of a YAML body, at most: a group document. */
const yamlBytesMax = 1024 * 1024;

/** Beside JSON: YAML as its text, an archive as the stream that it comes in, and no body as none, though it is called JSON. */
export const takeYamlAndArchives = (app: NestFastifyApplication): void => {
  const server = app.getHttpAdapter().getInstance();
  // A type of nothing: many clients send it with every request, also with a DELETE.
  server.addHook('onRequest', (request, _reply, done) => {
    const {
      'content-type': type = '',
      'content-length': length = '0',
      'transfer-encoding': encoding,
    } = request.headers;
    if (type.startsWith('application/json') && length === '0' && encoding === undefined)
      delete request.headers['content-type'];
    done();
  });
  server.addContentTypeParser(
    ['application/yaml', 'application/x-yaml', 'text/yaml'],
    { parseAs: 'string', bodyLimit: yamlBytesMax },
    (_request, text, done) => done(null, text),
  );
  server.addContentTypeParser(['application/gzip', 'application/x-gzip'], (_request, stream, done) =>
    done(null, stream),
  );
};
