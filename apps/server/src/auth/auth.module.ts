import { Global, Module } from '@nestjs/common';
import { PublicUrls } from './public-urls.js';

/** Who asks, and under which name we are known. Needs PUBLIC_URL_SETTINGS; TokenVerifier comes from identity's module. */
@Global()
@Module({ providers: [PublicUrls], exports: [PublicUrls] })
export class AuthModule {}
