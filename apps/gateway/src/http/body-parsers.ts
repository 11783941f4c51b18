import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Bytes of a YAML body, at most: a group document. */
const yamlBytesMax = 1024 * 1024;

/** Beside JSON: YAML as its text, an archive as the stream that it comes in. */
export const takeYamlAndArchives = (app: NestFastifyApplication): void => {
  const server = app.getHttpAdapter().getInstance();
  server.addContentTypeParser(
    ['application/yaml', 'application/x-yaml', 'text/yaml'],
    { parseAs: 'string', bodyLimit: yamlBytesMax },
    (_request, text, done) => done(null, text),
  );
  server.addContentTypeParser(['application/gzip', 'application/x-gzip'], (_request, stream, done) =>
    done(null, stream),
  );
};
